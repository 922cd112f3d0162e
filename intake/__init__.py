"""From a file to a draft: uploads, what is read from them, what is suggested."""
