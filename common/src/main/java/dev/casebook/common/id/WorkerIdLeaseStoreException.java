package dev.casebook.common.id;

/** The store of worker-id leases cannot answer now. A holder keeps what it has until that ends by itself. */
public final class WorkerIdLeaseStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WorkerIdLeaseStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
