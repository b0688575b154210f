// Files of the browser as base64 text.
export function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error(`${file.name} could not be read: ${reader.error.message}`));
    reader.readAsDataURL(file);
  });
}
