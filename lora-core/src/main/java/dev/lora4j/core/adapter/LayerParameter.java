package dev.lora4j.core.adapter;

/** A parameter of a layer that a method can change. */
public enum LayerParameter {
  /** The weight. */
  WEIGHT("weight"),
  /** The bias. */
  BIAS("bias");

  private final String parameter;

  LayerParameter(String parameter) {
    this.parameter = parameter;
  }

  /** The parameter's name below the name of its layer. */
  public String parameter() {
    return parameter;
  }
}
