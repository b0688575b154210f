/** Low-rank adapters: tensors, files, adapters, mixing and training. */
module dev.lora4j.core {
  requires ai.djl.api;
  requires ai.djl.pytorch_engine;
  requires com.google.gson;
  requires com.sun.jna;
  requires static org.jspecify;

  exports dev.lora4j.core;
  exports dev.lora4j.core.adapter;
  exports dev.lora4j.core.adapter.lora;
  exports dev.lora4j.core.format;
  exports dev.lora4j.core.format.kohya;
  exports dev.lora4j.core.mix;
  exports dev.lora4j.core.nn;
  exports dev.lora4j.core.safetensors;
  exports dev.lora4j.core.tensor;
  exports dev.lora4j.core.train;

  uses dev.lora4j.core.adapter.AdapterMethod;
  uses dev.lora4j.core.tensor.Backend;

  provides dev.lora4j.core.adapter.AdapterMethod with
      dev.lora4j.core.adapter.lora.LoraMethod;
  provides dev.lora4j.core.tensor.Backend with
      dev.lora4j.core.tensor.djl.DjlBackend;
}
