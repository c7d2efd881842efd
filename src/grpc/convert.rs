//! Proto to domain and back, one file a service.
