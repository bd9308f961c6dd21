"""Makes a failure of what a step raised: whose fault it is, the sentence that all reports begin with, and what stands below it."""
