/** What a server serves: bases with their adapters, by the names that clients use. */
@NullMarked
package dev.lora4j.server.catalogue;

import org.jspecify.annotations.NullMarked;
