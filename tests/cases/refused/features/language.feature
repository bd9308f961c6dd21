# language: dee
Feature: f
