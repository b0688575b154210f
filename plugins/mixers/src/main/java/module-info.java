/** Ways to blend weighted adapters. */
module dev.lora4j.mixers {
  requires transitive dev.lora4j.core;
  requires static org.apiguardian.api;
  requires static org.jspecify;

  exports dev.lora4j.mixers.deltas;
  exports dev.lora4j.mixers.steps;
}
