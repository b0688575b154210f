/**
 * Adapters: immutable sets of factors for the sites of a base model, and what a method of adapting
 * is. Each method has a sub-package.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
