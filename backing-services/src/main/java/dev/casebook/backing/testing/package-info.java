/**
 * Backing services for tests: one of each kind for all tests of a virtual machine, each test with a database, a key prefix or a topic of its
 * own. Tests, and labs that start fresh servers, call it; no service does. Nothing here may be needed to run a service.
 */
@NullMarked
package dev.casebook.backing.testing;

import org.jspecify.annotations.NullMarked;
