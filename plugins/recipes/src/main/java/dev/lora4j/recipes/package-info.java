/** Whole uses of adapters: what each keeps, runs and finds. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.recipes;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
