/**
 * Adapters: immutable sets of factors for the sites of a base model, and what a method of adapting
 * is. Each method has a sub-package.
 */
@NullMarked
package dev.lora4j.core.adapter;

import org.jspecify.annotations.NullMarked;
