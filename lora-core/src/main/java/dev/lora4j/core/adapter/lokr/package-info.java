/** LoKr: a change that is a Kronecker product (KronA, Edalati et al. 2022; LyCORIS). */
@NullMarked
package dev.lora4j.core.adapter.lokr;

import org.jspecify.annotations.NullMarked;
