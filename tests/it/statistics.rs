//! What is counted of a site.
