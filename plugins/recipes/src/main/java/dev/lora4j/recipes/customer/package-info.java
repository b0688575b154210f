/** One encoder, three adapters with heads of their own, many requests. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.recipes.customer;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
