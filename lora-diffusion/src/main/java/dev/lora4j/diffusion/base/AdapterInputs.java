package dev.lora4j.diffusion.base;

import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.Graph;

/** Declares the inputs of a network's adapters. */
@FunctionalInterface
public interface AdapterInputs {
  /** No unmerged adapters. */
  AdapterInputs NONE = graph -> SiteAdapters.NONE;

  /** Declares inputs on {@code graph} and returns what adds them to each site's output. */
  SiteAdapters declare(Graph graph);
}
