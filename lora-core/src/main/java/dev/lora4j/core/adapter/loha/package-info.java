/** LoHa: the element by element product of two low-rank changes (FedPara, Nam et al. 2022). */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.loha;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
