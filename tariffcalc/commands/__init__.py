"""The commands of ``tariffcalc`` that have a file of their own, and the options that several share."""
