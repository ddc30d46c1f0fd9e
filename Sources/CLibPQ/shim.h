#ifndef DSR_CLIBPQ_SHIM_H
#define DSR_CLIBPQ_SHIM_H

#include <libpq-fe.h>
#include <sys/eventfd.h>

/* Swift imports no character macros: the error fields that are read, under names of their own. */
enum {
    DSR_DIAG_SQLSTATE = PG_DIAG_SQLSTATE,
    DSR_DIAG_MESSAGE_PRIMARY = PG_DIAG_MESSAGE_PRIMARY,
    DSR_DIAG_STATEMENT_POSITION = PG_DIAG_STATEMENT_POSITION,
    DSR_DIAG_TABLE_NAME = PG_DIAG_TABLE_NAME,
    DSR_DIAG_COLUMN_NAME = PG_DIAG_COLUMN_NAME,
    DSR_DIAG_CONSTRAINT_NAME = PG_DIAG_CONSTRAINT_NAME,
    DSR_DIAG_SOURCE_FUNCTION = PG_DIAG_SOURCE_FUNCTION
};

/* Glibc's module map leaves sys/eventfd.h out, and Swift cannot combine the flags of an anonymous enum. */
static inline int dsr_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

#endif
