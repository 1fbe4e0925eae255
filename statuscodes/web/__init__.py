"""What every view shares: decorators, error pages, middleware, health checks, backups."""
