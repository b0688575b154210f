/** Serves loaded bases and their adapters to many clients by HTTP. */
@NullMarked
package dev.lora4j.server;

import org.jspecify.annotations.NullMarked;
