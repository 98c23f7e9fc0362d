import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Charts and the map are dynamic imports of the pages that use them. The groups
// below only keep what every page needs in two long-lived, cacheable files.
export default defineConfig({
  base: '/',
  plugins: [react()],
  server: {
    port: 5173,
    proxy: { '/api': { target: process.env.ALLCLEAR_API ?? 'http://127.0.0.1:8090' } },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack|i18next|react-i18next)[\\/]/,
              priority: 3,
            },
            {
              name: 'ui',
              test: /node_modules[\\/](antd|@ant-design|@rc-component|@emotion|dayjs|clsx)[\\/]/,
              priority: 3,
            },
            { name: 'charts', test: /node_modules[\\/](echarts|zrender|tslib)[\\/]/, priority: 2 },
            {
              name: 'map',
              test: /node_modules[\\/](maplibre-gl|@maplibre|@mapbox|pbf|earcut|kdbush|gl-matrix|potpack|tinyqueue)[\\/]/,
              priority: 2,
            },
          ],
        },
      },
    },
  },
});
