// @ts-check
// Loads Plotly once, when asked, from where index.html says it is. The only place that knows the global.

/** @type {Promise<any> | null} */
let loading = null;

/**
 * Plotly; rejected when it cannot be loaded, to be asked again later.
 * @returns {Promise<any>}
 */
export function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = document.querySelector('link#plotly')?.getAttribute('href') ?? '';
    script.addEventListener('load', () => {
      const plotly = Reflect.get(window, 'Plotly');
      if (plotly) resolve(plotly);
      else reject(new Error('no Plotly in the bundle'));
    });
    script.addEventListener('error', () => {
      script.remove();
      reject(new Error('the bundle does not load'));
    });
    document.head.append(script);
  }).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}
