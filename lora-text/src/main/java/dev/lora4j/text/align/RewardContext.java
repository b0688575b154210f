package dev.lora4j.text.align;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.pipeline.LanguageModel;

/**
 * Parts of a training that a reward function may use.
 *
 * @param scope owner of what the function opens, in reverse order; it closes when the training ends
 * @param model the model that is trained: its base, which does not change, and its tokeniser. It is
 *     open for longer than the scope
 */
public record RewardContext(Scope scope, LanguageModel model) {}
