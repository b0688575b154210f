/**
 * The adapters that a server may use: found in folders, admitted, loaded once, held in memory with
 * leases, and never mixed up.
 */
@NullMarked
package dev.lora4j.server.library;

import org.jspecify.annotations.NullMarked;
