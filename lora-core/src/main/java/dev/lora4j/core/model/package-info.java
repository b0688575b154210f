/**
 * Base models as far as all kinds share it: staged networks with their weights, what networks ask
 * for and what a checkpoint has, conversion of weights, hashes of files, configurations.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.core.model;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
