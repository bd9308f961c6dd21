# language: zh-CN
功能: f
  场景: 中文
    假如it passes
    并且it passes
