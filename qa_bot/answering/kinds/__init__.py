"""The kinds of answers, a file each: adding a kind is adding a file and naming it here."""
