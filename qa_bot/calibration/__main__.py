"""`python -m qa_bot.calibration`: fit the confidence."""

import sys

from qa_bot.calibration.command import main

sys.exit(main())
