/** Extension of the libraries by others: extensions, their settings, plug-ins. */
module dev.lora4j.spi {
  requires com.google.gson;
  requires static java.compiler;
  requires static org.apiguardian.api;
  requires static org.jspecify;

  exports dev.lora4j.spi;

  provides javax.annotation.processing.Processor with
      dev.lora4j.spi.processor.ExtensionProcessor;
}
