/**
 * Base models, as far as all kinds share it: staged networks with their weights, comparison of
 * requested and existing weights, conversion of weights, hashes of files, configurations.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.core.model;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
