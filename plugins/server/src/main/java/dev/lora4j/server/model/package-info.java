/** Names of served models: bases, and adapters on them with weights. */
@NullMarked
package dev.lora4j.server.model;

import org.jspecify.annotations.NullMarked;
