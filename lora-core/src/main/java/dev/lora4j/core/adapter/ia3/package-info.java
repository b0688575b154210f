/** (IA)3 (Liu et al. 2022): inputs or outputs of a layer scaled one by one. */
@NullMarked
package dev.lora4j.core.adapter.ia3;

import org.jspecify.annotations.NullMarked;
