package dev.lora4j.server.catalogue;

/** A name of a model that means none of this server; the message is for the client. */
public final class UnknownModelException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnknownModelException(String model, String why) {
    super("There is no model '" + model + "' here. " + why);
  }
}
