/** Low-rank adapters: tensors, files, adapters, mixing and training. */
module dev.lora4j.core {
  requires ai.djl.api;
  requires ai.djl.pytorch_engine;
  requires com.google.gson;
  requires com.sun.jna;
  requires java.management;
  requires transitive dev.lora4j.spi;
  requires static org.apiguardian.api;
  requires static org.jspecify;

  exports dev.lora4j.core;
  exports dev.lora4j.core.adapter;
  exports dev.lora4j.core.adapter.adalora;
  exports dev.lora4j.core.adapter.boft;
  exports dev.lora4j.core.adapter.dora;
  exports dev.lora4j.core.adapter.dylora;
  exports dev.lora4j.core.adapter.full;
  exports dev.lora4j.core.adapter.glora;
  exports dev.lora4j.core.adapter.gralora;
  exports dev.lora4j.core.adapter.hira;
  exports dev.lora4j.core.adapter.hydra;
  exports dev.lora4j.core.adapter.ia3;
  exports dev.lora4j.core.adapter.loha;
  exports dev.lora4j.core.adapter.lokr;
  exports dev.lora4j.core.adapter.lora;
  exports dev.lora4j.core.adapter.miss;
  exports dev.lora4j.core.adapter.mora;
  exports dev.lora4j.core.adapter.oft;
  exports dev.lora4j.core.adapter.pruning;
  exports dev.lora4j.core.adapter.randlora;
  exports dev.lora4j.core.adapter.relora;
  exports dev.lora4j.core.adapter.sparse;
  exports dev.lora4j.core.adapter.tlora;
  exports dev.lora4j.core.adapter.training;
  exports dev.lora4j.core.adapter.vblora;
  exports dev.lora4j.core.adapter.vera;
  exports dev.lora4j.core.bake;
  exports dev.lora4j.core.format;
  exports dev.lora4j.core.format.checkpoint;
  exports dev.lora4j.core.format.metadata;
  exports dev.lora4j.core.format.peft;
  exports dev.lora4j.core.format.reading;
  exports dev.lora4j.core.format.writing;
  exports dev.lora4j.core.gguf;
  exports dev.lora4j.core.gguf.block;
  exports dev.lora4j.core.identity;
  exports dev.lora4j.core.lowrank;
  exports dev.lora4j.core.mix;
  exports dev.lora4j.core.model;
  exports dev.lora4j.core.model.packed;
  exports dev.lora4j.core.model.text;
  exports dev.lora4j.core.nn;
  exports dev.lora4j.core.protobuf;
  exports dev.lora4j.core.quantised;
  exports dev.lora4j.core.quantised.file;
  exports dev.lora4j.core.safetensors;
  exports dev.lora4j.core.store;
  exports dev.lora4j.core.mixer;
  exports dev.lora4j.core.tensor;
  exports dev.lora4j.core.tensor.host;
  exports dev.lora4j.core.tensor.runtime;
  exports dev.lora4j.core.train;
  exports dev.lora4j.core.train.adapter;
  exports dev.lora4j.core.train.calibration;
  exports dev.lora4j.core.train.local;
  exports dev.lora4j.core.train.log;
  exports dev.lora4j.core.train.optimizer;
  exports dev.lora4j.core.train.run;
  exports dev.lora4j.core.train.schedule;
  exports dev.lora4j.core.vocabulary;

  // Extensions alone, which are found by name.
  exports dev.lora4j.core.format.dialect to
      dev.lora4j.spi;
  exports dev.lora4j.core.format.diffusers to
      dev.lora4j.spi;
  exports dev.lora4j.core.format.gguf to
      dev.lora4j.spi;
  exports dev.lora4j.core.format.kohya to
      dev.lora4j.spi;
  exports dev.lora4j.core.train.adapter.targets to
      dev.lora4j.spi;

  uses dev.lora4j.core.tensor.Backend;

  provides dev.lora4j.core.tensor.Backend with
      dev.lora4j.core.tensor.djl.DjlBackend;
}
