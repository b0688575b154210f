/**
 * Encoders: BERT, RoBERTa, DistilBERT, ELECTRA, ModernBERT, ALBERT, DeBERTa and models built like
 * them.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.text.bert;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
