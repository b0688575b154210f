package dev.lora4j.core.format.gguf;

/** Keys and values of the metadata of adapters in GGUF. */
public final class GgufAdapterKeys {
  /** Key of the kind of file. */
  public static final String GENERAL_TYPE = "general.type";

  /** The kind of file that an adapter is. */
  public static final String ADAPTER = "adapter";

  /** Key of the base's architecture. */
  public static final String ARCHITECTURE = "general.architecture";

  /** Key of the kind of adapter. */
  public static final String TYPE = "adapter.type";

  /** The only kind that there is. */
  public static final String LORA = "lora";

  /** Key of alpha, one for all layers. */
  public static final String ALPHA = "adapter.lora.alpha";

  /** Prefix of entries that come from the header of another file. */
  public static final String HEADER = "lora4j.header.";

  private GgufAdapterKeys() {}
}
