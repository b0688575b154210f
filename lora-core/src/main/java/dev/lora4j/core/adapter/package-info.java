/**
 * Adapters: immutable sets of factors for the sites of a base model, and the methods of adapting.
 * Each method has a sub-package.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
