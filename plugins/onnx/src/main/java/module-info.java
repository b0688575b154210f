/** Text encoders out of ONNX files. */
module dev.lora4j.onnx {
  requires com.google.gson;
  requires transitive dev.lora4j.core;
  requires static org.apiguardian.api;
  requires static org.jspecify;

  exports dev.lora4j.onnx;
}
