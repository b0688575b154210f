/** A language model learns the texts of one field. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.recipes.domain;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
