/** Adapters: immutable sets of factors for the sites of a base model. */
@NullMarked
package dev.lora4j.core.adapter;

import org.jspecify.annotations.NullMarked;
