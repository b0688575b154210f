/** LoKr: a change that is a Kronecker product (KronA, Edalati et al. 2022; LyCORIS). */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.lokr;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
