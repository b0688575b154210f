package dev.lora4j.core.format;

/** Meaning of a file's key: the layer and the role that it addresses. */
public sealed interface KeyAddress {
  /**
   * A tensor of a layer that the base has.
   *
   * @param spelled the layer as the file spells it; keys of one layer share it
   * @param role canonical role of the tensor, see {@link dev.lora4j.core.adapter.SiteTensors}; or
   *     one of {@link FileRoles}
   */
  record KnownLayer(String spelled, Layer layer, String role) implements KeyAddress {}

  /**
   * A tensor of a layer that the base lacks.
   *
   * @param spelled the layer as the file spells it
   * @param likely the canonical name that it may have had
   * @param model whether the base lacks the whole model that the layer belongs to, for example a
   *     second text encoder
   */
  record UnknownLayer(String spelled, String likely, boolean model) implements KeyAddress {}

  /**
   * A tensor that all layers with factors of its method share.
   *
   * @param model what stands in keys before the names of a model's layers; empty where they have
   *     nothing there
   * @param role canonical role of the tensor
   */
  record AllLayers(String model, String role) implements KeyAddress {}

  /** A tensor that is no part of the adapter. */
  record OtherTensor(KeyAccount.Reason reason) implements KeyAddress {}
}
