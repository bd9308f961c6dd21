"""What the reference services of every platform share: settings, defects to switch on, random delays, timing."""
