/** Order of work: a bounded queue that shares a worker fairly among tenants and their adapters. */
@NullMarked
package dev.lora4j.server.schedule;

import org.jspecify.annotations.NullMarked;
