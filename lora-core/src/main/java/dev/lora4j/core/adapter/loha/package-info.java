/** LoHa: the element by element product of two low-rank changes (FedPara, Nam et al. 2022). */
@NullMarked
package dev.lora4j.core.adapter.loha;

import org.jspecify.annotations.NullMarked;
