package dev.lora4j.spi;

/**
 * Name of an extension, which its annotation alone has. Points whose extensions are asked for their
 * names have a default method that returns it.
 */
public final class ExtensionName {
  private static final ClassValue<String> NAMES =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          Extension known = type.getAnnotation(Extension.class);
          if (known == null) {
            throw new ExtensionException(
                type.getName()
                    + " has no name by which it could be asked for; give it @Extension.");
          }
          return known.name();
        }
      };

  private ExtensionName() {}

  /**
   * The name of an extension.
   *
   * @throws ExtensionException if its class has no {@link Extension}
   */
  public static String of(Object extension) {
    return NAMES.get(extension.getClass());
  }
}
