/** LoRA (Hu et al. 2021) on linear layers and convolutions. */
@NullMarked
package dev.lora4j.core.adapter.lora;

import org.jspecify.annotations.NullMarked;
